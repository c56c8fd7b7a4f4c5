"""The ``local`` engine: events by the profile's word lists, plain rules, and a model for English.

It answers the three levels for English, and in a simpler way for Chinese and Japanese and for
every other language that a profile lists words for. Where there are no words it finds nothing.
"""
