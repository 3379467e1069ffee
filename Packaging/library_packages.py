#!/usr/bin/env python3
"""Writes the table of shared libraries and the Debian packages that have them, from the archive's Contents files.

    library_packages.py bullseye=Contents-amd64.gz bookworm=Contents-amd64.gz trixie=Contents-amd64.gz

The files are dists/RELEASE/main/Contents-amd64.gz of a Debian mirror. The libraries are those that Python packages need and slim
images lack. The table is Sources/EnvironmentVerification/Loading/SystemLibraryTable.swift.
"""

import gzip
import pathlib
import sys

LIBRARIES = """
libGL.so.1 libEGL.so.1 libGLX.so.0 libOpenGL.so.0 libGLESv2.so.2 libgbm.so.1 libdrm.so.2 libvulkan.so.1 libgomp.so.1
libgthread-2.0.so.0 libglib-2.0.so.0 libgobject-2.0.so.0 libgio-2.0.so.0 libgmodule-2.0.so.0 libSM.so.6 libICE.so.6
libX11.so.6 libX11-xcb.so.1 libXext.so.6 libXrender.so.1 libXfixes.so.3 libXi.so.6 libXrandr.so.2 libXcursor.so.1
libXinerama.so.1 libXdamage.so.1 libXcomposite.so.1 libXtst.so.6 libXss.so.1 libXau.so.6 libXdmcp.so.6 libXt.so.6
libXmu.so.6 libXpm.so.4 libXft.so.2 libxcb.so.1 libxcb-shm.so.0 libxcb-render.so.0 libxcb-icccm.so.4 libxcb-image.so.0
libxcb-keysyms.so.1 libxcb-randr.so.0 libxcb-render-util.so.0 libxcb-shape.so.0 libxcb-sync.so.1 libxcb-util.so.1
libxcb-xfixes.so.0 libxcb-xinerama.so.0 libxcb-xkb.so.1 libxcb-cursor.so.0 libxcb-glx.so.0 libxkbcommon.so.0
libxkbcommon-x11.so.0 libdbus-1.so.3 libfontconfig.so.1 libfreetype.so.6 libharfbuzz.so.0 libpango-1.0.so.0
libpangoft2-1.0.so.0 libpangocairo-1.0.so.0 libcairo.so.2 libgdk_pixbuf-2.0.so.0 libgtk-3.so.0 libgdk-3.so.0
libatk-1.0.so.0 libatk-bridge-2.0.so.0 libatspi.so.0 libnss3.so libnspr4.so libnssutil3.so libsmime3.so libcups.so.2
libasound.so.2 libpulse.so.0 libportaudio.so.2 libsndfile.so.1 libsox.so.3 libFLAC.so.12 libmp3lame.so.0 libopus.so.0
libavcodec.so.59 libavformat.so.59 libavutil.so.57 libswscale.so.6 libswresample.so.4 libavcodec.so.61
libavformat.so.61 libavutil.so.59 libtbb.so.12 libtbb.so.2 libtbbmalloc.so.2 libopenblas.so.0 libblas.so.3
liblapack.so.3 libgfortran.so.5 libquadmath.so.0 libstdc++.so.6 libgcc_s.so.1 libatomic.so.1 libnuma.so.1
libhwloc.so.15 libmpi.so.40 libopenmpi.so.40 libgmp.so.10 libmpfr.so.6 libmpc.so.3 libfftw3.so.3 libfftw3f.so.3
libhdf5_serial.so.103 libhdf5_serial.so.310 libnetcdf.so.19 libgdal.so.32 libgdal.so.36 libproj.so.25 libgeos_c.so.1
libspatialindex_c.so.6 libsqlite3.so.0 libpq.so.5 libmariadb.so.3 libodbc.so.2 libodbcinst.so.2 libssl.so.3
libcrypto.so.3 libssl.so.1.1 libcrypto.so.1.1 libffi.so.7 libffi.so.8 libexpat.so.1 libz.so.1 libbz2.so.1.0
liblzma.so.5 libzstd.so.1 liblz4.so.1 libsnappy.so.1 libxml2.so.2 libxslt.so.1 libyaml-0.so.2 libcurl.so.4
libuuid.so.1 libmagic.so.1 libzbar.so.0 libzmq.so.5 libsodium.so.23 libjpeg.so.62 libpng16.so.16 libtiff.so.6
libtiff.so.5 libwebp.so.7 libwebp.so.6 libwebpdemux.so.2 libwebpmux.so.3 libopenjp2.so.7 liblcms2.so.2 libraqm.so.0
libimagequant.so.0 libheif.so.1 libvips.so.42 libMagickWand-6.Q16.so.6 libtk8.6.so libtcl8.6.so libreadline.so.8
libncursesw.so.6 libtinfo.so.6 libgdbm.so.6 libdb-5.3.so libnsl.so.2 libtirpc.so.3 libkrb5.so.3 libgssapi_krb5.so.2
libsasl2.so.2 libldap-2.5.so.0 libldap-2.4.so.2 librdkafka.so.1 libsnmp.so.40 libusb-1.0.so.0 libudev.so.1
libseccomp.so.2 libcap.so.2 libssh2.so.1 libarchive.so.13 libprotobuf.so.32 libleveldb.so.1d liblmdb.so.0
libgraphviz.so.6 libcgraph.so.6 libgvc.so.6 libespeak-ng.so.1 libtesseract.so.5 liblept.so.5 libpoppler.so.126
libre2.so.9 libibverbs.so.1 librdmacm.so.1 libdc1394.so.25 libopencv_core.so.406 libenchant-2.so.2
libpython3.9.so.1.0 libpython3.11.so.1.0 libpython3.13.so.1.0
""".split()

DIRECTORIES = ("usr/lib/x86_64-linux-gnu/", "lib/x86_64-linux-gnu/", "usr/lib/")
OUTPUT = pathlib.Path(__file__).resolve().parent.parent / "Sources/EnvironmentVerification/Loading/SystemLibraryTable.swift"


def packages(contents):
    """The packages of each library in one release."""
    wanted = {directory + library: library for library in LIBRARIES for directory in DIRECTORIES}
    found = {}
    with gzip.open(contents, "rt", errors="replace") as lines:
        for line in lines:
            path, _, owners = line.rstrip().rpartition(" ")
            library = wanted.get(path.strip())
            if library:
                found.setdefault(library, set()).update(owner.split("/")[-1] for owner in owners.split(","))
    # Of several, one that is not a variant for building or debugging; none where that leaves a choice.
    result = {}
    for library, owners in found.items():
        plain = sorted(o for o in owners if not o.endswith(("-dev", "-dbg", "-dbgsym", "-cross", "-udeb")))
        if len(plain) == 1:
            result[library] = plain[0]
    return result


def main():
    releases = dict(argument.split("=", 1) for argument in sys.argv[1:])
    tables = {release: packages(path) for release, path in releases.items()}
    rows = []
    for library in sorted(LIBRARIES):
        names = [tables[release].get(library, "-") for release in releases]
        if any(name != "-" for name in names):
            rows.append(" ".join([library, *names]))
    text = [
        "/// The Debian packages that have shared libraries, by release.",
        "///",
        "/// Made by Packaging/library_packages.py from the archive's Contents files; change that script, not this file.",
        "enum SystemLibraryTable {",
        f"    /// The releases of the columns: {', '.join(releases)}.",
        f"    static let releases = [{', '.join(chr(34) + release + chr(34) for release in releases)}]",
        "",
        "    /// A library and its package in each release; `-` where the release has none, or more than one.",
        '    static let rows = """',
        *("        " + row for row in rows),
        '        """',
        "}",
    ]
    OUTPUT.write_text("\n".join(text) + "\n")
    print(len(rows), "libraries")


if __name__ == "__main__":
    main()
