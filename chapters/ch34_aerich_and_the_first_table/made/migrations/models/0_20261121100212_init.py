from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        CREATE TABLE IF NOT EXISTS `meetings` (
    `id` BIGINT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `created_at` DATETIME(6) NOT NULL,
    `url_code` VARCHAR(255) COLLATE utf8mb4_0900_bin NOT NULL UNIQUE
) CHARACTER SET utf8mb4;
CREATE TABLE IF NOT EXISTS `aerich` (
    `id` INT NOT NULL PRIMARY KEY AUTO_INCREMENT,
    `version` VARCHAR(255) NOT NULL,
    `app` VARCHAR(100) NOT NULL,
    `content` JSON NOT NULL
) CHARACTER SET utf8mb4;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        """


MODELS_STATE = (
    "eJzlVm1v2jAQ/itRPrXSVqUBCt03YGxlKjCVaJs6TZaTmGDVsWnstEUd/322k+CQAF2rae"
    "zlW/zcnX33PPGdH+2YhYjwkxFCAtNopFb2G+vRpjBG8mOr/ZVlw8XCWBUgoE+ygMxTg9Dn"
    "IoGBkPgMEo4kFCIeJHghMKMSpSkhCmSBdJRRBkopvk0RECxCYo4Safj6TcKYhugB8WK5uA"
    "EzjEi4kTIO1dkaB2K50FgPR0Mq3mlfdaAPAkbSmBr/xVLMGV0HYCoUGiGKEiiQOkEkqapA"
    "JZgXWxSVJWtcsixLMSGawZSIUsU+MJgNwHjigenAA8B+BkcBo4pfmSrXBEQqhdfnrttotF"
    "2ncdZpNdvtVsfpSF+db93UXmXJGLayrTRnw/fDsacSYlLETF0FrHQMFDCL0mIY9oMEKb4A"
    "FHUV3kqLwDHarsNmZEWPMA89KT6q6hRa7JOnAIw+5rf8HQLJAsMJJcv8x9jDvTccDaZed/"
    "RRHRdzfks0f11voCyuRpcV9OjseFOs9SbW56F3YamldT0ZDzS9jIso0ScaP+/aVjnBVDBA"
    "2T2AYekfLtCCNelpVE8TIpUMUV3zPuRoiijHAt+h/hwm28Uvb1CRXlL4ErEPexdj+AAIop"
    "GYy6Xbau3R+lP3qn/RvTqSXsdWf3J5KfW0UjHrxH4TOOeOA3xMN5Ud5zGuDpI3UjXD2U3p"
    "QirAh8HNPUxCULMwl+3yrZtiN64ikMJIc6qqV6XlY6KLEhzMtw2Q3LJ3dEDj88cMjv9lar"
    "inzXaz0zhrrofFGtk3I56eB3co4SqlemPY2QtKIb+mFRy677+wGTxx58v9V12qZzCcu/+D"
    "7J46zk+wK712sqttm+zKEwWiWx40H6aT8Y7HjAmpvmRwIKzvFsG81iv+Arb3kKvI2HiuFJ"
    "wejbpfqnT3Lye96jtEbdA79DBb/QBE7ydH"
)
