"""What can be done with packets. Views, commands, consumers and flows call these."""
