"""The simulated command-line tools, and the clusters they make.

Lives here: kind, clusterctl, helm and kubectl as coroutines that take a real command line, print the real
tools' words and act on the world. A cancelled one stops where it stands, as a killed process would. May not
live here: what the objects they make turn into (the controllers), and anything production imports.
Imported by the world and its control API alone.
"""
