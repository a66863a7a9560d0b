"""Control: what can be asked and done while a server runs, as plain calls; nothing here knows HTTP."""
