"""What a language model is asked and how its answers are read, whatever model and server.

``versions`` holds the templates, ``rendering`` makes the prompt of a task from them, and
``answer_reading`` makes an output of what the model wrote.
"""
