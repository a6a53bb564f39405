def check_nothing():
    pass
