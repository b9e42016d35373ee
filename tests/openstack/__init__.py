"""Tests of the OpenStack provider, against a stand-in cloud and OpenStack's own Keystone."""
