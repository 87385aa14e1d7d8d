"""The portal's real parts on one machine, without containers; standard library only.

One module per part (postgres, redis, solr, mail, portal, nginx, peer); `stack` puts them in order,
`process` starts and stops them, `commands` is what ./govshare runs.
"""
