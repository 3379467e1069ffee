extension CheckCase {
    /// What proves something: checksums, snapshots, commits.
    static let proofs = #"""
        ## 06 a checksum from the same server
        @ fetched beside the file
        + Dockerfile
        FROM <UB>
        RUN curl -LO https://dl.example/kubectl && curl -LO https://dl.example/kubectl.sha256 && echo "$(cat kubectl.sha256)  kubectl" | sha256sum --check
        > exact 1
        Dockerfile:2 error unverified-download
        Dockerfile:2 error unverified-download
        @ SHA256SUMS and grep
        + Dockerfile
        FROM <UB>
        RUN curl -LO https://dl.example/a.tar.gz && curl -LO https://dl.example/SHA256SUMS && grep a.tar.gz SHA256SUMS | sha256sum -c - && tar xf a.tar.gz
        > exact 1
        Dockerfile:2 error unverified-download
        Dockerfile:2 error unverified-download
        @ piped straight from the server
        + Dockerfile
        FROM <UB>
        RUN wget -q https://dl.example/a.bin && curl -fsSL https://dl.example/a.bin.sha256 | sha256sum -c -
        > exact 1
        Dockerfile:2 error unverified-download
        Dockerfile:2 error unverified-download
        @ the right hash is written down, and one lies in the context
        + Dockerfile
        FROM <UB>
        COPY sums.txt /sums.txt
        RUN curl -fsSLO https://dl.example/a.bin && echo "<SHA>  a.bin" | sha256sum -c -
        WORKDIR /d
        RUN wget https://dl.example/b.bin && sha256sum -c /sums.txt
        + sums.txt
        <SHA>  b.bin
        > hashed 0

        ## 06b a failed check that does not end the build
        @ semicolon, || true, and too late
        + Dockerfile
        FROM <UB>
        RUN wget https://e.example/w.pt; echo "<SHA>  w.pt" | sha256sum -c -; ls
        RUN wget https://e.example/v.pt && echo "<SHA>  v.pt" | sha256sum -c - || true
        RUN wget https://e.example/w.sh && bash w.sh && echo "<SHA>  w.sh" | sha256sum -c -
        > exact 1
        Dockerfile:2 error unverified-download
        Dockerfile:3 error unverified-download
        Dockerfile:4 error unverified-download
        @ the left side of a pipe, and the last command
        + Dockerfile
        FROM <UB>
        RUN wget https://e.example/a.pt && echo "<SHA>  a.pt" | sha256sum -c - | tee log
        RUN wget https://e.example/b.pt; echo "<SHA>  b.pt" | sha256sum -c -
        > hashed 1
        Dockerfile:2 error unverified-download
        @ set -e, and a comparison that exits
        + Dockerfile
        FROM <UB>
        RUN set -e; wget https://e.example/a.pt; echo "<SHA>  a.pt" | sha256sum -c -; ls
        RUN wget https://e.example/b.pt && [ "$(sha256sum b.pt | cut -d' ' -f1)" = "<SHA>" ] && ls
        SHELL ["/bin/bash", "-eo", "pipefail", "-c"]
        RUN wget https://e.example/c.pt; echo "<SHA>  c.pt" | sha256sum -c -; ls
        > hashed 0
        @ unpacked before the check, and the check of another file
        + Dockerfile
        FROM <UB>
        RUN curl -LO https://e.example/a.tgz && tar xzf a.tgz && echo "<SHA>  a.tgz" | sha256sum -c -
        RUN curl -LO https://e.example/b.tgz && echo "<SHA>  c.tgz" | sha256sum -c -
        > exact 1
        Dockerfile:2 error unverified-download
        Dockerfile:3 error unverified-download

        ## 07 a snapshot and packages of another archive
        @ a vendor's list
        + Dockerfile
        FROM <UB>
        RUN echo "deb http://snapshot.debian.org/archive/debian/20240601T000000Z bookworm main" > /etc/apt/sources.list && apt-get update && apt-get install -y gnupg
        RUN echo "deb https://packages.cloud.google.com/apt cloud-sdk main" > /etc/apt/sources.list.d/g.list && apt-get update && apt-get install -y google-cloud-cli
        > exact 1
        Dockerfile:3 error floating-apt-package
        @ a PPA in the same instruction
        + Dockerfile
        FROM <UB>
        RUN echo "deb http://snapshot.ubuntu.com/ubuntu/20240601T000000Z jammy main" > /etc/apt/sources.list && apt-get update
        RUN add-apt-repository ppa:deadsnakes/ppa && apt-get install -y python3.12
        > exact 1
        Dockerfile:3 error floating-apt-package
        @ CUDA's own packages
        + Dockerfile
        FROM nvidia/cuda:12.4.1-base-ubuntu22.04@sha256:<SHA>
        RUN echo "deb http://snapshot.ubuntu.com/ubuntu/20240601T000000Z jammy main" > /etc/apt/sources.list && apt-get update && apt-get install -y git
        RUN apt-get install -y cuda-toolkit-12-4
        > exact 1
        Dockerfile:3 error floating-apt-package
        @ a copied list, in a stage below
        + Dockerfile
        FROM <UB> AS base
        RUN echo "deb http://snapshot.ubuntu.com/ubuntu/20240601T000000Z jammy main" > /etc/apt/sources.list && apt-get update && apt-get install -y git
        COPY vendor.list /etc/apt/sources.list.d/vendor.list
        FROM base
        RUN apt-get update && apt-get install -y their-tool
        + vendor.list
        deb https://vendor.example/apt stable main
        > exact 1
        Dockerfile:5 error floating-apt-package

        ## 18 submodules
        @ recursive with a checkout
        + Dockerfile
        FROM <UB>
        RUN git clone --recursive https://x.example/y z && git -C z checkout <COMMIT>
        > exact 1
        Dockerfile:2 error floating-git-checkout
        @ with the update
        + Dockerfile
        FROM <UB>
        RUN git clone --recursive https://x.example/y z && git -C z checkout <COMMIT> && git -C z submodule update --init --recursive
        > hashed 0
        @ recurse-submodules, and a checkout that recurses
        + Dockerfile
        FROM <UB>
        RUN git clone --recurse-submodules https://x.example/y z && cd z && git checkout <COMMIT>
        RUN git clone --recurse-submodules https://x.example/w w && cd w && git checkout --recurse-submodules <COMMIT>
        > hashed 1
        Dockerfile:2 error floating-git-checkout
        @ without recursion
        + Dockerfile
        FROM <UB>
        RUN git clone https://x.example/y z && git -C z checkout <COMMIT>
        > hashed 0

        ## 23 git checkout of files
        @ a dot
        + Dockerfile
        FROM <UB>
        RUN git clone https://x.example/y /y
        RUN cd /y && git checkout . && git checkout <COMMIT>
        > hashed 0
        @ a dot alone
        + Dockerfile
        FROM <UB>
        RUN git clone https://x.example/y /y && cd /y && git checkout .
        > exact 1
        Dockerfile:2 error floating-git-checkout
        @ files behind two dashes
        + Dockerfile
        FROM <UB>
        RUN git clone https://x.example/y /y && cd /y && git checkout <COMMIT> && git checkout -- setup.py
        > hashed 0
        @ reset --hard and a branch
        + Dockerfile
        FROM <UB>
        RUN git clone https://x.example/y /y && cd /y && git reset --hard <COMMIT>
        RUN git clone https://x.example/z /z && cd /z && git checkout release-1.0
        RUN git clone https://x.example/w /w && cd /w && git checkout branch-24.06
        > exact 1
        Dockerfile:4 error floating-git-checkout

        ## 26 repro-sources-list.sh
        @ the case
        + Dockerfile
        FROM <UB>
        ENV SOURCE_DATE_EPOCH=1717200000
        ADD --checksum=sha256:<SHA> https://raw.githubusercontent.com/reproducible-containers/repro-sources-list.sh/v0.1.3/repro-sources-list.sh /usr/local/bin/repro-sources-list.sh
        RUN chmod +x /usr/local/bin/repro-sources-list.sh && repro-sources-list.sh && apt-get update && apt-get install -y gcc
        > exact 0
        @ bound, in the same instruction
        + Dockerfile
        FROM <UB>
        RUN --mount=type=bind,source=repro-sources-list.sh,target=/usr/local/bin/repro-sources-list.sh SOURCE_DATE_EPOCH=1717200000 repro-sources-list.sh && apt-get update && apt-get install -y gcc
        + repro-sources-list.sh
        #!/bin/bash
        echo "deb http://snapshot.debian.org/archive/debian/$SOURCE_DATE_EPOCH bookworm main" > /etc/apt/sources.list
        > exact 0
        @ a snapshot's option of apt
        + Dockerfile
        FROM <UB>
        RUN apt-get update --snapshot 20240601T000000Z && apt-get install -y --snapshot 20240601T000000Z gcc
        > exact 0
        @ the date is not known
        + Dockerfile
        FROM <UB>
        RUN apt-get update && apt-get install -y gcc
        > exact 1
        Dockerfile:2 error floating-apt-package
        """#
}
