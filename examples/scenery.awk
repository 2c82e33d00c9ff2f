# Draws a landscape as ASS events, so that ffmpeg's `ass` filter can show it: -v scene=bay, forest, city, dunes or lake,
# -v duration=SECONDS. What is near wanders further than what is far, as seen from a train. The canvas is 1600x1200.

function clock(t) { return sprintf("%d:%02d:%05.2f", t / 3600, t / 60 % 60, t % 60) }

function paint(colour, alpha, blur) {
    return sprintf("\\1c&H%s%s%s&\\1a&H%02X&", substr(colour, 5, 2), substr(colour, 3, 2), substr(colour, 1, 2), alpha) \
        (blur ? "\\blur" blur : "")
}

# Wanders `speed` pixels a second to the left.
function draw(layer, speed, look, path) {
    printf "Dialogue: %d,0:00:00.00,%s,S,,0,0,0,,{\\an7\\move(0,0,%.1f,0)\\p1%s}%s\n", layer, clock(duration), \
        -speed * duration, look, path
}

function disc(x, y, r, k) {
    k = r * 0.5523
    return sprintf("m %d %d b %d %d %d %d %d %d b %d %d %d %d %d %d b %d %d %d %d %d %d b %d %d %d %d %d %d ", \
        x - r, y, x - r, y - k, x - k, y - r, x, y - r, x + k, y - r, x + r, y - k, x + r, y, \
        x + r, y + k, x + k, y + r, x, y + r, x - k, y + r, x - r, y + k, x - r, y)
}

# A line of hills, from left of the picture to right of it, filled downwards.
function hills(height, rough, seed, x, y, path) {
    path = "m -200 1300 "
    for (x = -200; x <= 2600; x += 16) {
        y = height + rough * (sin(x / 310 + seed) + 0.5 * sin(x / 137 + seed * 2.3) + 0.22 * sin(x / 51 + seed * 5.1))
        path = path sprintf("l %d %d ", x, y)
    }
    return path "l 2600 1300"
}

# Mountains: straight between tops and saddles.
function peaks(height, tall, seed, x, up, path) {
    path = "m -200 1300 "
    for (x = -200; x <= 2700; x += 90 + 40 * sin(x * seed)) {
        up = !up
        path = path sprintf("l %d %d ", x, height - (up ? tall * (0.55 + 0.45 * sin(x / 170 + seed)) : tall * 0.12 * sin(x + seed)))
    }
    return path "l 2700 1300"
}

# Firs along a line of hills: three triangles each.
function firs(height, rough, seed, size, step, x, y, s, path) {
    for (x = -100; x <= 2400; x += step * (0.75 + 0.5 * (sin(x * seed) ^ 2))) {
        s = size * (0.8 + 0.35 * sin(x * 1.7 + seed))
        y = height + rough * (sin(x / 310 + seed) + 0.5 * sin(x / 137 + seed * 2.3)) + 20
        path = path sprintf("m %d %d l %d %d l %d %d ", x - s * 0.20, y - s * 0.62, x, y - s, x + s * 0.20, y - s * 0.62)
        path = path sprintf("m %d %d l %d %d l %d %d ", x - s * 0.28, y - s * 0.32, x, y - s * 0.78, x + s * 0.28, y - s * 0.32)
        path = path sprintf("m %d %d l %d %d l %d %d ", x - s * 0.36, y, x, y - s * 0.5, x + s * 0.36, y)
    }
    return path
}

function block(x, y, width, height) {
    return sprintf("m %d %d l %d %d l %d %d l %d %d ", x, y, x + width, y, x + width, y + height, x, y + height)
}

# Houses side by side, and the windows that are lit in them; the windows are left in `lit`.
function houses(ground, tall, seed, x, width, height, column, row, path) {
    lit = ""
    for (x = -100; x <= 2500; x += width + 6) {
        width = 70 + 50 * (sin(x * seed) ^ 2)
        height = tall * (0.45 + 0.55 * (sin(x * 1.3 + seed) ^ 2))
        path = path block(x, ground - height, width, 1300)
        for (column = x + 14; column < x + width - 18; column += 24)
            for (row = ground - height + 18; row < 1180; row += 34)
                if (sin(column * 12.9898 + row * 78.233 + seed) > 0.35) lit = lit block(int(column), int(row), 10, 15)
    }
    return path
}

function glints(from, to, seed, i, x, y, width, path) {
    for (i = 0; i < 60; i++) {
        y = from + (to - from) * ((i * 0.618) % 1)
        width = 20 + 130 * (y - from) / (to - from) * (0.5 + 0.5 * sin(i * 3.1))
        x = 800 + (y - from) * 0.9 * sin(i * 7.3 + seed) - width / 2
        path = path block(int(x), int(y), int(width), 4)
    }
    return path
}

function bay() {
    draw(0, 0, paint("ffd9a0", 150, 60), disc(800, 640, 300))
    draw(1, 0, paint("fff0cf", 0, 6), disc(800, 640, 118))
    draw(2, 6, paint("a8657f", 40), hills(690, 60, 1.2))
    draw(3, 10, paint("7b4a72", 20), hills(740, 50, 3.4))
    draw(4, 0, paint("5d4a78"), block(-100, 770, 1900, 540))
    draw(5, 0, paint("e8a078", 130, 26), "m 720 780 l 880 780 l 1080 1230 l 520 1230")
    draw(6, 3, paint("ffe2b4", 60, 1), glints(784, 1190, 2))
    draw(7, 24, paint("2c2346"), "m -200 1300 l -200 980 b 120 960 330 1010 520 1120 b 620 1180 700 1240 760 1300")
    draw(7, 24, paint("2c2346"), "m 2000 1300 l 2000 930 b 1700 960 1500 1040 1380 1150 b 1300 1220 1240 1260 1200 1300")
}

function forest() {
    draw(0, 0, paint("fffbe0", 110, 80), disc(1150, 300, 240))
    draw(1, 4, paint("9fc2ae", 30), hills(560, 70, 0.6))
    draw(2, 8, paint("7fae97", 10), firs(680, 50, 2.2, 150, 60) hills(690, 50, 2.2))
    draw(3, 0, paint("e4f1e4", 120, 40), block(-100, 690, 1900, 120))
    draw(4, 14, paint("4f8a72"), firs(830, 60, 4.1, 230, 90) hills(840, 60, 4.1))
    draw(5, 0, paint("d9ebdc", 150, 50), block(-100, 850, 1900, 110))
    draw(6, 24, paint("265a4c"), firs(1010, 50, 5.7, 360, 150) hills(1030, 50, 5.7))
    draw(7, 40, paint("123a33"), firs(1230, 40, 7.9, 520, 300) hills(1240, 40, 7.9))
}

function city() {
    draw(0, 0, paint("f7e7ff", 120, 50), disc(1180, 260, 130))
    draw(1, 0, paint("fdf6e3", 0, 3), disc(1180, 260, 74))
    far = houses(880, 420, 1.9); draw(2, 6, paint("4a3f7a"), far); draw(3, 6, paint("d9a7e0", 110), lit)
    mid = houses(1000, 520, 3.3); draw(4, 14, paint("2f2a5c"), mid); draw(5, 14, paint("ffd37a", 50), lit)
    near = houses(1160, 460, 5.2); draw(6, 28, paint("17163a"), near); draw(7, 28, paint("ffe29a", 10), lit)
}

function dunes() {
    draw(0, 0, paint("fff3d0", 100, 50), disc(430, 330, 190))
    draw(1, 0, paint("fffbea", 0, 5), disc(430, 330, 92))
    draw(2, 4, paint("e2a071", 30), hills(640, 40, 0.4))
    draw(3, 8, paint("d4875a"), hills(760, 70, 2.6))
    draw(4, 14, paint("bf6c49"), hills(880, 80, 4.4))
    draw(5, 22, paint("98503f"), hills(1020, 80, 1.7))
    draw(6, 36, paint("6b3538"), hills(1150, 60, 3.1))
}

function lake() {
    draw(1, 3, paint("dfe9f2"), peaks(640, 330, 2.11))
    draw(2, 6, paint("a9bfd6"), peaks(690, 330, 1.37))
    draw(3, 9, paint("6f8fb4"), peaks(720, 210, 1.71))
    draw(4, 12, paint("2f5a5e"), firs(700, 8, 1.1, 120, 34) block(-100, 700, 2600, 30))
    draw(5, 0, paint("7aa3b8"), block(-100, 728, 1900, 580))
    draw(6, 0, paint("b9d6dd", 110, 30), block(-100, 740, 1900, 90))
    draw(6, 3, paint("dcecf0", 90, 1), glints(760, 1190, 5))
    draw(7, 30, paint("173b3a"), firs(1290, 20, 3.9, 420, 260) hills(1280, 20, 3.9))
}

BEGIN {
    print "[Script Info]\nScriptType: v4.00+\nPlayResX: 1600\nPlayResY: 1200\nScaledBorderAndShadow: yes\n"
    print "[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, BackColour, BorderStyle, Outline, Shadow"
    print "Style: S,Sans,20,&H00FFFFFF,&H00000000,1,0,0\n"
    print "[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text"
    if (scene == "bay") bay()
    if (scene == "forest") forest()
    if (scene == "city") city()
    if (scene == "dunes") dunes()
    if (scene == "lake") lake()
}
