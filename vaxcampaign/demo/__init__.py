"""The demo township: synthetic people and a campaign in full swing, built through the services."""
