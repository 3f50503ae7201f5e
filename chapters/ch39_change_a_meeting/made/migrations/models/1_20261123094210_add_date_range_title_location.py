from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE `meetings` ADD `start_date` DATE;
        ALTER TABLE `meetings` ADD `end_date` DATE;
        ALTER TABLE `meetings` ADD `title` VARCHAR(255) NOT NULL DEFAULT '';
        ALTER TABLE `meetings` ADD `location` VARCHAR(255) NOT NULL DEFAULT '';"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE `meetings` DROP COLUMN `start_date`;
        ALTER TABLE `meetings` DROP COLUMN `end_date`;
        ALTER TABLE `meetings` DROP COLUMN `title`;
        ALTER TABLE `meetings` DROP COLUMN `location`;"""


MODELS_STATE = (
    "eJztV11v2jAU/StRnlppm2iAQvdGGVuZCkwl2qZOk+UkJlh1bBo7bVHX/z7bScgHIWumqW"
    "Xr3vC598TX5+SG63szYB4i/M0EIYGpP1Er861xb1IYIPmjMv7KMOFqlUUVIKBDYkKcqUHo"
    "cBFCV0h8AQlHEvIQd0O8EphRidKIEAUyVyZKVgZFFF9HCAjmI7FEoQx8+y5hTD10h3i6XF"
    "2BBUbEK5SMPbW3xoFYrzR2iv0xFe91rtrQAS4jUUCz/NVaLBndEDAVCvURRSEUSO0gwkid"
    "QBWYHDY9VFxslhJXmeN4aAEjInIndkCGmQBMZzaYj2wAzAYauYwqfWWpXAvgqxJen1hWu9"
    "2zWu3jfrfT63X7rb7M1fVuh3oPcTGZWvGjtGbjD+OprQpi0sTYXQU8aA4UMGZpMzL13RAp"
    "vQAU2y68kxGBA1TtQ5FZ8sNLqG/SH2V3Ui/q7EmBzJ/stXwKg+QBvRkl6+TFqNHeHk9Gc3"
    "sw+aS2Czi/Jlq/gT1SEUuj6xJ6cHxYNGvzEOPL2D4z1NK4nE1HWl7GhR/qHbM8+9JUNcFI"
    "MEDZLYBe7h1O0VQ1mZm5HoVEOumhbc+HkKM5ohwLfIOGSxhWm59/QMl6KeHvmP28vRjAO0"
    "AQ9cVSLq1ut8brz4OL4dng4kBmHRrD2fm59NOIxKIfOB3QOmm1gINp0dlpwrE0SXdk5gUX"
    "MBRA9Ul1B1YbUGTVdd8jzEik3pfGqxFfNU9JP0S9xurlOS9ZO4EFqfoI7Oz7DeHPNP1jxD"
    "LNPWv6Br1NmAt1WQ0kznP+q7xLZTVOLq5yI40CHOhe3cLQA1sRZrFduduhwArKCKTQ18qp"
    "Q6oTJIP2AIXYXZoVI3gSqR2+YZazN6P3S5m7raNOr9NvH3c24/YGqZuyfz1R36CQN2z5HO"
    "XpOn4Px6kGX1bVVA0UTtL/QXWPWq1HqCuzdqqrY0V15Y4C0Yor4cf5bLrjOphRyhMVdoXx"
    "wyCYb30r/gK1a8RVYhQufKmmB5PB17Lcw/PZafkmpx5w+tx/Zg8/AQuM1yA="
)
