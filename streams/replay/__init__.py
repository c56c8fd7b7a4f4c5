"""Replay: records of a topic once more, into the same run or another.

Two passes over the topic. The ``survey`` reads all that was asked for and decides what is copied,
so that every error comes before anything is produced; ``copying`` reads it again and copies the
chosen offsets, held back by the lag of the stages behind. A checkpoint between them lets a replay
go on after whatever ended it.
"""
