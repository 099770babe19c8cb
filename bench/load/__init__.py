"""`make load`: a county at work. Desks, offices and downloads at once, each page timed, and the floor beside itself alone."""
