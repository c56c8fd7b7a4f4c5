"""What a supervisor and its workers agree on."""

# EX_CONFIG of sysexits.h: to start again would change nothing.
EXIT_SETUP = 78
# EX_TEMPFAIL: a stage stood still, and may go on in a new process.
EXIT_STANDSTILL = 75
# The variable with the descriptor that is closed when the supervisor is no more.
LIFELINE = "_MILLRACE_LIFELINE_FD"
# Set where another process of the same supervisor measures the lag of all stages: to look takes
# time of the processor and of Kafka.
LAG_ELSEWHERE = "_MILLRACE_LAG_ELSEWHERE"
