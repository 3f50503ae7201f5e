from jwt import InvalidTokenError
from tortoise.exceptions import DoesNotExist, IntegrityError

from app.exceptions import NotSignedIn, Taken
from app.tortoise_models.user import NAME_LENGTH, UserModel
from app.utils.passwords import fits, hash_password
from app.utils.tokens import token_for, user_id_in


async def service_create_user(name: str, password: str) -> UserModel:
    try:
        return await UserModel.create(name=name, password_hash=await hash_password(password))
    except IntegrityError:  # the table says that a name is unique, whoever comes at the same moment
        raise Taken(f"user with name: {name} already exists") from None


async def service_sign_in(name: str, password: str) -> str:
    """A token for this user. Who has no account is told the same as who has forgotten the password."""
    user = await UserModel.get_or_none(name=name) if len(name) <= NAME_LENGTH else None
    if user is None:
        await hash_password(password)  # as much work as below, or a stopwatch tells which names have an account
    elif await fits(password, user.password_hash):
        return token_for(user.id)
    raise NotSignedIn("name or password is wrong")


async def find_user(token: str) -> UserModel:
    """Whose token it is. The user is looked for, too: a token lives on when its user is gone."""
    try:
        return await UserModel.get(id=user_id_in(token))
    except (InvalidTokenError, ValueError, DoesNotExist):
        raise NotSignedIn("the token is not good: sign in again") from None
