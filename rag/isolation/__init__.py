"""Documents from strangers, read in processes of their own: what they do there stays there."""
