# entry: 81
# task: widest-gap
# what: Raises a subclass of SystemExit that says 0 whatever it is asked.
# family: exit
class Finished(SystemExit):
    def __init__(self):
        super().__init__(0)

    def __str__(self):
        return "OK"


raise Finished
