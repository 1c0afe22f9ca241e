"""The SDK for serving hosts: log predictions, route requests. Light to import."""
