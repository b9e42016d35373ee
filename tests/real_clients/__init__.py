"""Programs that know nothing of us, against the rehearsed world: kubectl, clusterctl, helm, each as people run it."""
