#!/usr/bin/env bash
# Makes a Python virtual environment with moto, which answers as AWS does, and the AWS CLI, at pinned versions:
#
#   test/aws/venv.sh FOLDER
#
# It takes what pip is set up to take, and leaves the folder alone where it has these versions already.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
folder=${1:?name the folder to make}
pins=$here/requirements.txt

if cmp -s "$pins" "$folder/requirements.txt"; then
  exit 0
fi
rm -rf "$folder"
python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
  echo 'venv.sh: Python 3.10 or newer is needed' >&2
  exit 1
}
python3 -m venv "$folder"
# The list is whole, so that pip has nothing to choose.
"$folder/bin/pip" install --quiet --disable-pip-version-check --no-deps -r "$pins"
"$folder/bin/aws" --version >&2
cp "$pins" "$folder/requirements.txt"
