"""A stand-in for AWS on loopback: one account, spoken to by boto3 itself.

What lives here: the account as data (`account`), the wire forms of the services (`wire`, made from botocore's own
service models), what each operation answers (`ec2`, `iam`, `services`), and what can be wrong with it (`toggles`).
What may not: a cluster that is built; nothing here costs or makes anything at AWS. Who may import it: the rehearsed
world and tests, never the providers.
"""
