"""The text of `lattice --help`: a constant, so that asking for help costs nothing."""

from __future__ import annotations

HELP = """\
usage: lattice COMMAND [options]        lattice-tui [FILE] [--rehearse]

Build a Kubernetes cluster with Cluster API, from a terminal or from a script.
Both names start the same program. Without a command, at a terminal, it opens
the wizard; FILE, a cluster.yaml, opens in it.

commands
  validate FILE            read a cluster.yaml offline; nothing is written
  check --cluster FILE     look whether it can be built here; nothing is made
  make --cluster FILE      make what is missing over there, once you agree
  plan --cluster FILE      the steps, the objects and the usual minutes
  install --cluster FILE   check, plan, build and watch a cluster
                           (lattice-tui --from-file FILE is the same)
  status [NAME]            where the runs on this computer stand
  watch [NAME]             look at a run from any terminal; stops nothing
  resume [NAME]            go on with a stopped run, or watch a running one
  kubeconfig [NAME]        the way into a cluster, brought up to date and tested
  rehearse [docker]        build the shipped example in a simulated world
  draft PROVIDER           a commented cluster.yaml to start from
  explain PATH|CODE        what a key of cluster.yaml or a code means
  schema                   the JSON Schema of cluster.yaml, for editors

options
  --rehearse               the wizard, in a simulated world: no account needed
  --theme auto|dark|light  the wizard's colours
  --ascii                  the wizard in lines and marks every terminal has
  --no-mouse               the wizard leaves the mouse to the terminal
  --state-dir DIR          where runs are kept ($LATTICE_STATE_DIR)
  --version                print the version
  --help                   this text; lattice COMMAND --help for one command

FILE may be - (standard input). -o json prints JSON lines on standard output.
Exit codes: docs/exit-codes.md. JSON lines: docs/json-output.md."""
