def test_case():
    pass
