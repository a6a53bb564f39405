def check(counts):
    assert all(count > 0 for count in counts.values())
