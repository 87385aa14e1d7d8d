"""Message catalogs of the domain ckanext-govshare: our own messages, and what CKAN leaves open in Chinese.

Compile after every change: ``pybabel compile -d i18n -D ckanext-govshare``.
"""
