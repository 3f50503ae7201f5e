from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE `meetings` ADD `host_id` BIGINT;
        ALTER TABLE `meetings` ADD CONSTRAINT `fk_meetings_users_6c29c4b3` FOREIGN KEY (`host_id`) REFERENCES `users` (`id`) ON DELETE SET NULL;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE `meetings` DROP FOREIGN KEY `fk_meetings_users_6c29c4b3`;
        ALTER TABLE `meetings` DROP COLUMN `host_id`;"""


MODELS_STATE = (
    "eJztWl1z2jgU/SseP2Vnuh3iQKD7BpRs2fLRCWR3p52ORtjCaGJkaslNmZb/vpLwtw2xsw"
    "Sc4Cfg6l5LOkfSPVfmp7q0DWTRt3cUOUPxVf1D+akSuET8S7rxjaLC1SpsEgYGZ5b0drmb"
    "tMAZZQ7UGTfOoUURNxmI6g5eMWwTbiWuZQmjrXNHTMzQ5BL8zUWA2SZiC+Twhi9fuRkTA/"
    "1A1P+5ugdzjCwjNlhsiL6lHbD1Sto62OwTdiN9RYczoNuWuySh/2rNFjYJAjBhwmoighzI"
    "kOiBOa6YgRigN1N/UtvBhi7bUUZiDDSHrsUiM56B0KYCMBpPwaQ3BUAtgJFuE4EvHyqVAJ"
    "hiCL+/07Srq6ZWu7puNerNZqNVa3FfOd50U3OzHUyI1vZRErP+n/3RVAzI5iRuqRWGjYyB"
    "DG6jJBkh+rqDBF4AsjQL73kLw0uUzUM8MsGH4YW+9b8k2fG52EePbwj5CZflMQjiEzTGxF"
    "p7C2MP9tP+sDeZtoefRHdLSr9ZEr/2tCdaNGldJ6wX17/FyQoeovzTn35QxE/l83jUk/Da"
    "lJmO7DH0m35WxZigy2xA7AcAjcga9q0+atwzZF1+pvjuLqCTzbXvn2CZo/UUXk+77ZbwB7"
    "AQMdmC/2zU9rD6d/u2+6F9e9GoJZgaeS2abNrEoF1BSh9sxwALSBdFME4FHgbsU2+iGNxa"
    "o5EDb+61E3DZttmIbDK/j5xowjCD+v0D5AjGWiJpEfGjiJg0I994kTcfb5EF5RzTBHhZdb"
    "h9SpBYHyHEW9tl4WPjLzvf6h9uAkBbs3dBmm5aasukBRJoyimJvkVPWZBlCJUkpLu1SpTC"
    "Sq5UcqWSK+cgV1zH4kwaWZIFUjRBhGKGv6PduTX6gFenYfInVaU7Hgw4n4rL5q3lrA5q72"
    "o1MMPkkWwb5YIy6DAg9kn2DswmIB61b/e92JSaBb7YPAn8EDEKoxeNOWfsGGZWobolCDie"
    "llbVkm36AnvbsvVA/OaFOBpToZwH5QVPjqCojIwEPa4ly7/vj6cmU5VinIg0Cze2g7BJPq"
    "K1ZKLPxw2JnnWKZF2zviwadlWD3OzAh6D6ia4+Pn8+VcQkArx/ZXQ3GKibPPX3imsArOMV"
    "FL2nV3+BGvxT+KS8yJdNrp+kEE/hllGMZ2G7uyBPcloV5VVRXhXl51CUn/Ydwql5fX6Z6F"
    "11ZirFnNce8UecNfBPvfrYIx89dA+gIAu+UigbJ3lVZHw5xoRktz3ptt/38ulIkQ8OJyBF"
    "hnptyB9LRIbY7ReSMYxziUkQkHxYRfkl2om6VTVI/VoJzUpoVkKznEKz6G35gW7Ky8Zw0d"
    "cMYhpZp5VtWwiSXS8agqgEejMe9lyg+QfZcUHrjMeD2A7o9BMH0uhu2OndXlzKpc+dMIud"
    "U/F3Yk5hsCNRRwQ7sLxYtKMqoWg+Tsc+6Ta9bGdDKa7TE8Lqf9ZEr/iK902iLkovyqK10X"
    "PK/TZysL5QMwS+17JX0sPQpzQ3w+ei1rXLerPeurquB6dAYNm3+R/X4d+RQwu+Jo6EnPU9"
    "VIELQLGpCiDsub9CdC9ref6lzb12oivb4ujyHhnKylR/TcajHUVkGJKsLbDOlF+KhelLVA"
    "97wBVgxGSbj+nFsP1vEu7uYNxJ1n/iAZ1if9g+fDLb/AfauQoH"
)
