"""Facts → judgements: terms, rules, stories. Pure."""
