"""What a service keeps on a cluster, for any number of processes on any number of machines."""
