"""Checks outputs of Merlon with programs of others; formats_test.go runs it.

    formats_check.py ocsf FILE      each line against OCSF 1.6.0 as schema.ocsf.io publishes it, in which nothing is
                                    allowed that it does not name, and against Prowler's models
    formats_check.py junit FILE     with junitparser
    formats_check.py markdown FILE  rendered by GitHub's own cmark: no tag, link or table cell that is not Merlon's
"""

import json
import sys
from html.parser import HTMLParser


def ocsf(text):
    from jsonschema import Draft202012Validator
    from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
    from py_ocsf_models.events.findings.detection_finding import DetectionFinding

    validators = {}
    for number, line in enumerate(text.splitlines(), 1):
        event = json.loads(line)
        profiles = tuple(event["metadata"]["profiles"])
        if profiles not in validators:
            schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version="1.6.0")).get_class_schema("detection_finding", list(profiles))
            validators[profiles] = Draft202012Validator(schema)
        for error in validators[profiles].iter_errors(event):
            yield f"line {number}: {error.json_path}: {error.message[:300]}"
        DetectionFinding.model_validate(event)


def junit(text):
    from junitparser import Failure, JUnitXml

    whole = JUnitXml.fromstring(text.encode())
    said = (whole.tests, whole.failures, whole.skipped)
    whole.update_statistics()
    if said != (whole.tests, whole.failures, whole.skipped):
        yield f"the counts are {said}"
    for suite in whole:
        for case in suite:
            if any(isinstance(r, Failure) for r in case.result) and not case.result[0].message:
                yield f"{case.name} failed without a message"


class Rendered(HTMLParser):
    allowed = {
        "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "strong", "b", "code", "pre", "ul", "ol", "li",
        "details", "summary", "sub", "a", "br",
    }

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.problems, self.cells = [], 0

    def handle_starttag(self, tag, attrs):
        if tag not in self.allowed:
            self.problems.append(f"a tag <{tag}>")
        if tag == "tr":
            self.cells = 0
        if tag in ("td", "th"):
            self.cells += 1
        for name, value in attrs:
            if (tag, name) == ("a", "href"):
                if not value.startswith("https://github.com/merlonsec/merlon"):
                    self.problems.append(f"a link to {value}")
            elif name != "align":
                self.problems.append(f"an attribute {name} of <{tag}>")

    def handle_comment(self, data):
        self.problems.append(f"a comment {data[:50]}")

    def handle_endtag(self, tag):
        if tag == "tr" and self.cells != 4:
            self.problems.append(f"a row of {self.cells} cells")


def markdown(text):
    from cmarkgfm import github_flavored_markdown_to_html
    from cmarkgfm.cmark import Options

    page = Rendered()
    page.feed(github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE))
    page.close()
    return page.problems


problems = list({"ocsf": ocsf, "junit": junit, "markdown": markdown}[sys.argv[1]](open(sys.argv[2], encoding="utf-8").read()))
print("\n".join(problems[:20]))
sys.exit(1 if problems else 0)
