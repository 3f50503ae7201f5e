from app.utils.passwords import fits, hash_password


async def test_a_password_fits_its_hash_and_no_other_does() -> None:
    password_hash = await hash_password("correct horse")

    assert await fits("correct horse", password_hash)
    assert not await fits("Correct horse", password_hash)


async def test_one_password_has_two_hashes() -> None:
    assert await hash_password("correct horse") != await hash_password("correct horse")
