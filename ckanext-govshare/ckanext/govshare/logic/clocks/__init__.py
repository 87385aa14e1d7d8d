"""Open clocks (未办结期限): which run, what time has made due for them, and what a new calendar moves.

A noun with due dates joins by one ``Clocks`` value, listed in ``sources.py``: how its open clocks are found, how a
new date is saved, and what it does when a date has made something due.
"""
