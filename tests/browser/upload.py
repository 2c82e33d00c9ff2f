"""A large upload over a connection that breaks."""

import socket
import threading

from playwright.sync_api import expect

from kit import Hand, look


class Wire:
    """Stands between the browser and the server. Goes down when so many bytes of one connection have passed, until it is mended."""

    def __init__(self, port, limit):
        self.port, self.limit = port, limit
        self.sent, self.breaks, self.is_down, self.open, self.lock = 0, 0, False, [], threading.Condition()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while True:
            client, _ = self.listener.accept()
            with self.lock:
                if self.is_down:
                    client.close()
                    continue
                server = socket.create_connection(("127.0.0.1", self.port))
                self.open += [client, server]
            threading.Thread(target=self.pass_on, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self.pass_on, args=(server, client, False), daemon=True).start()

    def pass_on(self, source, sink, is_upload):
        passed = 0
        try:
            while piece := source.recv(65536):
                sink.sendall(piece)
                passed += len(piece)
                if is_upload:
                    with self.lock:
                        self.sent += len(piece)
                        if self.limit and passed > self.limit:
                            self.break_off()
        except OSError:
            pass
        end(source)
        end(sink)

    def break_off(self):
        if self.is_down:
            return
        self.is_down, self.breaks = True, self.breaks + 1
        self.lock.notify_all()
        for one in self.open:
            end(one)
        self.open = []

    def wait(self, breaks):
        with self.lock:
            assert self.lock.wait_for(lambda: self.breaks >= breaks, 30), "nothing more is sent"

    def mend(self, limit):
        with self.lock:
            self.is_down, self.limit = False, limit


def end(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def broken(page, server, folder, data):
    """The connection breaks in mid-upload, the page is closed, the connection breaks again: the file arrives whole."""
    file = next((folder / "large").iterdir())
    content = file.read_bytes()
    wire = Wire(server.port, 3 << 20)
    hand = Hand(page, keyboard=False)
    page.goto(wire.url)
    hand.type("#name", "upload")
    hand.press("#new-project button")
    expect(page.locator("body[data-ready]")).to_be_attached()
    hand.upload([file])
    expect(page.locator(".upload.lost .told")).to_contain_text("goes on by itself")
    look(page)
    # Mended, it goes on by itself; broken again, it goes on in a page that is opened anew, where the file is chosen again.
    wire.mend(5 << 20)
    wire.wait(2)
    expect(page.locator(".upload.lost")).to_be_visible()
    place = page.url
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    wire.mend(None)
    page.goto(place)
    expect(page.locator("body[data-ready]")).to_be_attached()
    hand.upload([file])
    expect(page.locator("#assets .asset")).to_have_count(1)
    expect(page.locator("#uploads")).to_be_hidden()
    # What had arrived is not sent again, but for what was on its way.
    assert wire.sent < len(content) + (6 << 20), (wire.sent, len(content))
    kept = [path for path in (data / "assets").iterdir() if path.stat().st_size == len(content)]
    assert len(kept) == 1 and kept[0].read_bytes() == content
    print(f"{len(content)} bytes arrived whole, {wire.sent} were sent")
