"""The realtime provider: what is asked of it (`port`) and the one adapter that is there (`openai`)."""
