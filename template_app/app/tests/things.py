"""A table of the tests' own. No migration makes it: it is there for the length of a test."""

from tortoise import Model, fields

TABLE = "things (name VARCHAR(40) PRIMARY KEY, title VARCHAR(40) NOT NULL)"


class Thing(Model):
    name = fields.CharField(max_length=40, primary_key=True)
    title = fields.CharField(max_length=40, default="")

    class Meta:
        table = "things"
