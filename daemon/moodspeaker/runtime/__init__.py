"""What keeps a process alive: supervision, signals, sd_notify, logs, stored switches."""
