def pytest_report_header(config):
    return "gaps"
