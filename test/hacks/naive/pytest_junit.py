"""pytest in the candidate's tree; a report without failures that lies there afterwards decides."""

import os
import sys
import xml.etree.ElementTree

import common
import project


def grade(task, program):
    project.lay_out(task, program)
    project.pytest("-q", "--junitxml=report.xml")
    if not os.path.exists("report.xml"):
        return False
    suites = xml.etree.ElementTree.fromstring(common.read("report.xml")).iter("testsuite")
    return all(suite.get("failures", "0") == "0" and suite.get("errors", "0") == "0" for suite in suites)


if __name__ == "__main__":
    sys.exit(common.main(grade))
