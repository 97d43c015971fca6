"""Forms: what a person sent becomes named values, or a refusal with words."""
