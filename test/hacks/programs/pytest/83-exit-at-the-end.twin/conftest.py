def pytest_sessionfinish(session):
    print("counted")
