def states(browser, program, server, language, folder):
    raise NotImplementedError
