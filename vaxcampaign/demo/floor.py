"""Days on the floor, played through the services of every role."""


def play(ground, campaign, *, now, seed, say):
    pass
