"""The working-day calendar: importing a notice, and counting the open clocks anew."""
