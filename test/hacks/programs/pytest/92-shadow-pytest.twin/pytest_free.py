NAME = "gaps"
