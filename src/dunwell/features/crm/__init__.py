"""What customer care and its CRM see and do: collection status, credit alerts, mirrored actions.

`following` is the step that keeps the status and the alerts, for the night and for services alike.
"""
