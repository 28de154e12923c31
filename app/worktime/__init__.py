"""Working time: calendars, holidays, and deadlines that explain themselves."""
