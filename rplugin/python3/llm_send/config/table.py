"""A table of the configuration, and the default of a key that is not there."""

from typing import Any

from pydantic import BaseModel, ConfigDict

# The default of a key that need not be there. It is never validated, so that a null of JSON's stays a mistake.
UNSAID: Any = None


class Table(BaseModel):
    """A table of the file: types are taken strictly, and every key is one we know."""

    # Built at first use: most of these tables are only ever part of another.
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, defer_build=True)
