from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS `participants` (
    `id` BIGINT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `created_at` DATETIME(6) NOT NULL,
    `name` VARCHAR(255) NOT NULL,
    `meeting_id` VARCHAR(255) COLLATE utf8mb4_0900_bin NOT NULL,
    CONSTRAINT `fk_particip_meetings_7676f0b7` FOREIGN KEY (`meeting_id`) REFERENCES `meetings` (`url_code`) ON DELETE CASCADE
) CHARACTER SET utf8mb4;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        DROP TABLE IF EXISTS `participants`;"""


MODELS_STATE = (
    "eJztWF1P2zAU/StRnkDaUEkLLXsLpYwO2iIabRPTZLmJm1okTkkcoGL977OdpPnOGsRYWf"
    "vU5vpe+/ocX+fcPMu2YyDLOxggRDExB/xJ/iQ9ywTaiP0pHP8gyXA+j0e5gcKJFQQEnsII"
    "Jx51oU6ZfQotDzGTgTzdxXOKHcKsxLcsbnR05siiYpNP8L2PAHVMRGfIZQM/fjIzJgZ6Ql"
    "70OL8DU4wsI5UyNvjawg7oYi5sp9jsE3oufPmCE6A7lm+T2H++oDOHrAIwodxqIoJcSBFf"
    "gbo+3wFPMNxstKkg2dglyDIRY6Ap9C2a2PEExDYZgOFIA+OeBoBcAyPdIRxflqonADB5Ch"
    "9PFKXZbCuN5nHnqNVuH3UaHeYr8s0PtZdBMjFawVQCs/7n/lDjCTmMxIBdbliKGEhhECXI"
    "iNHXXcTxApDmWThjIxTbqJiHdGSGDyMMPYj+ZNmJuKiiJzLE/MTH8i0IYhs0RsRahAejAn"
    "utP+iNNXVwzZezPe/eEvipWo+PKMK6yFj3jvfTZK0mkb71tQuJP0q3o2FPwOt41HTFirGf"
    "divznKBPHUCcRwCNxBmOrBFqzDNm3XctxqSB8px3oYfGiHiY4gfUnUG3mPzkBBnqGYQvIf"
    "vf1qINn4CFiEln7FE5Oqrg+qt6071Qb/aY177UHV1dMT4ln0479qQFGieNBphgkmZ2GMYo"
    "IkhUZMyFR6FLAa+T4gosJiAdVVV9a5ARQr0phVcBPi+eDH6IGLXRS8ZsM3YUU6voEiit+1"
    "XA6xT9OmDJ8oYVfY3athwdirRqQJyM2aFchjKXk9O7hKThhgnU7x6ha4DUSEzHnN2ZWMdz"
    "yHPLi84w+vzyBlllFIQC+zqeaSWy35m8WUYHL7JGMocj6ShOGbb5IVuxsxZIoCm2xNfmK5"
    "XhVtC8FGFb3sBkOd01MbsmZtfEbEMTI35rvFgj/7d7qW5gx1JDvISfhkDR3bZmm5ieYquB"
    "f2mrmBM6OYLy7Jw7LsImuUQLQUufbQASvejwl3wvfGeclEkZZnbh4+p1nTmODAa2XUSDA6"
    "2Ou+oZ64/KdeTf1EUqcrE+K1JD4UilBoKxz8aon22RPsphq93qNI9bK8WzslQJnT+Lmgfk"
    "ejVbx0TIVt+1NV5yvKhqIBy6/4foHjYaa6DLvErRFWNpdNmKFJECVf5lPBqWKPI4JCvHsU"
    "6lX5KFvdxd8Q7QrgCXg5HS3BGmewP1exbu7tXoNCum+QSn9T6KvP7LbPkbXnIoOQ=="
)
