"""What the world says about models: facts with unit, source, date and origin."""
