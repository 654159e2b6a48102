"""Runs commands of the AWS CLI one after the other in one process, since starting one takes a second.

Each line of standard input is {"args": [...], "env": {...}}; each line of standard output {"code", "out", "err"}.
"""

import contextlib
import io
import json
import os
import sys

from awscli.clidriver import create_clidriver


# The package says in the environment where its own data is.
DATA = os.environ["AWS_DATA_PATH"]


class Output(io.TextIOWrapper):
    """Text that the CLI prints; some of its commands write bytes."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def text(self):
        return self.buffer.getvalue().decode("utf-8")


def run(args, env):
    os.environ.clear()
    os.environ.update(env, AWS_DATA_PATH=DATA)
    out, err = Output(), Output()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = create_clidriver().main(args)
        except SystemExit as end:
            code = end.code
    return {"code": code or 0, "out": out.text(), "err": err.text()}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(run(request["args"], request["env"])), flush=True)
