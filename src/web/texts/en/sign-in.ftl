sign-in-title = Sign in
sign-in-name = User name
sign-in-password = Password
sign-in-submit = Sign in
sign-in-help = A registry administrator gives you an account. The session ends when the pages have not been used for half an hour.
sign-in-failed = The user name or the password is wrong. Check them and try again.
