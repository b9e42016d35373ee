"""A stand-in for an OpenStack cloud: sign-in, compute, images, networks, volumes and load balancers on one port.

Lives here: the cloud's data, a web server that answers as the six services do, and the switches that break it in the
ways people meet. Nothing of it starts a machine. May not live here: anything the production path needs. It is imported
by the rehearsed world and by tests.
"""
