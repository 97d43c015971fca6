"""The gate: policy, proposals, outbox; between wanting an effect and having it confirmed. Imports runs."""
